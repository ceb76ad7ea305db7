// Compatible with order.thrift: a field renamed (its id stays), one removed, one added with a default.
namespace java shop
namespace py shop

enum Item {
  TEA = 1,
  COFFEE = 2,
  COCOA = 3,
}

struct Order {
  1: required i64 id,
  2: required string buyer,
  3: Item item,
  4: i32 quantity = 1,
  5: i32 cents,
  7: i64 at_ms,
  8: string currency = "EUR",
}
