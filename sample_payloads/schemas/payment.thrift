// A payment as the shop's first version writes it: the same fields as payment.proto.
namespace java shop
namespace py shop

enum Method {
  UNKNOWN = 0,
  CARD = 1,
  TRANSFER = 2,
}

struct Payment {
  1: required string id,
  2: required i64 order,
  3: i32 cents,
  4: Method method = Method.UNKNOWN,
  5: i64 at_ms,
  6: optional string comment,
}
