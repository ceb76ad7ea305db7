// Not compatible with reading.thrift: the id 3 was a double and is text now, and a new field is required.
namespace java sensors
namespace py sensors

struct Reading {
  1: required string sensor,
  2: required i64 at_ms,
  3: string value,
  7: required string room,
}
