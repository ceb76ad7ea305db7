// Compatible with payment.thrift in both directions: a field renamed (its id stays), one removed, one added with a default.
namespace java shop
namespace py shop

enum Method {
  UNKNOWN = 0,
  CARD = 1,
  TRANSFER = 2,
  CASH = 3,
}

struct Payment {
  1: required string id,
  2: required i64 order_id,
  3: i32 cents,
  4: Method method = Method.UNKNOWN,
  5: i64 at_ms,
  7: string currency = "EUR",
}
