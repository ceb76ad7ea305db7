// Not compatible with payment.thrift: the id 3 was a number and is text now, and a new field is required.
namespace java shop
namespace py shop

struct Payment {
  1: required string id,
  2: required i64 order,
  3: string amount,
  5: i64 at_ms,
  8: required string account,
}
