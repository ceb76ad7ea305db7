// A click as the site's first version writes it: the same fields as click.json.
namespace java site
namespace py site

struct Click {
  1: required string user,
  2: required string page,
  3: required i64 at_ms,
  4: i32 x,
  5: i32 y,
  6: optional string referrer,
}
