// Compatible with reading.thrift: a field renamed (its id stays), one removed, one added with a default.
namespace java sensors
namespace py sensors

enum Unit {
  CELSIUS = 1,
  PERCENT = 2,
  LUX = 3,
}

struct Reading {
  1: required string sensor,
  2: required i64 at_ms,
  3: double measured,
  4: Unit unit = Unit.CELSIUS,
  6: i32 battery_percent = 100,
}
