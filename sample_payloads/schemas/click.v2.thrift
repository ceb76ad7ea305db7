// Compatible with click.thrift in both directions: an optional field removed, one added with a default.
namespace java site
namespace py site

struct Click {
  1: required string user,
  2: required string page,
  3: required i64 at_ms,
  4: i32 x,
  5: i32 y,
  7: string device = "desktop",
}
