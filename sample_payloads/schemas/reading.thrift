// What a sensor tells, as its first version writes it.
namespace java sensors
namespace py sensors

enum Unit {
  CELSIUS = 1,
  PERCENT = 2,
}

struct Reading {
  1: required string sensor,
  2: required i64 at_ms,
  3: double value,
  4: Unit unit = Unit.CELSIUS,
  5: optional string firmware,
}
