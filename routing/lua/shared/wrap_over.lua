-- Falls due: a wrap-up holds its place no longer; it may still be given.
-- ARGV[5] name:chat
-- Returns {'ok'} or {'none'}.
local name = string.match(ARGV[5], '^([^:]*)')
if not fallen('wrap:' .. ARGV[5]) then return {'none'} end
undue('wrap:' .. ARGV[5])
local c = counsellor_of(name)
if c then
  c.h = c.h - 1
  keep_counsellor(name, c)
  serve_counsellor(name, c)
end
return {'ok'}
