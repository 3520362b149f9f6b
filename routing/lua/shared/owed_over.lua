-- Falls due, at a whole hour: a wrap-up can be given no more.
-- ARGV[5] name:chat
-- Returns {'ok'} or {'none'}.
local name, chat = string.match(ARGV[5], '^([^:]*):(.*)$')
if not fallen('owed:' .. ARGV[5]) then return {'none'} end
undue('owed:' .. ARGV[5])
call('ZREM', HELD, name .. ':w:' .. chat, name .. ':z:' .. chat)
local c, held = counsellor_of(name), call('ZREM', DUE, 'wrap:' .. ARGV[5])
if c then
  if held == 1 then c.h = c.h - 1 end
  keep_counsellor(name, c)
  serve_counsellor(name, c)
end
return {'ok'}
