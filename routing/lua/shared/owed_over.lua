-- Falls due, at a whole hour: a wrap-up can be given no more.
-- ARGV[5] name:chat
-- Returns {'ok'} or {'none'}.
local name, chat = string.match(ARGV[5], '^([^:]*):(.*)$')
if not fallen('owed:' .. ARGV[5]) then return {'none'} end
undue('owed:' .. ARGV[5])
call('ZREM', HELD, name .. ':w:' .. chat, name .. ':z:' .. chat)
local c = counsellor_of(name)
if c then wake_desk(name, c) end
return {'ok'}
