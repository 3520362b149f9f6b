-- Falls due, at a whole hour: the last trace of a chat goes.
-- ARGV[5] chat
-- Returns {'ok'} or {'none'}.
if not fallen('tomb:' .. ARGV[5]) then return {'none'} end
undue('tomb:' .. ARGV[5], 'apply:' .. ARGV[5])
call('HDEL', CHATS, ARGV[5])
return {'ok'}
