// An order as the shop's first version writes it: the same fields as order.avsc.
namespace java shop
namespace py shop

enum Item {
  TEA = 1,
  COFFEE = 2,
  COCOA = 3,
}

struct Order {
  1: required i64 id,
  2: required string customer,
  3: Item item,
  4: i32 quantity = 1,
  5: i32 cents,
  6: optional string note,
  7: i64 at_ms,
}
