// Not compatible with click.thrift: the id 4 was a number and is text now, and a new field is required.
namespace java site
namespace py site

struct Click {
  1: required string user,
  2: required string page,
  3: required i64 at_ms,
  4: string x,
  5: i32 y,
  8: required string session,
}
