-- Falls due: a young person in line was away too long.
-- ARGV[5] chat
-- Returns {'ok', changed...} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not fallen('held:' .. chat) then return {'none'} end
undue('held:' .. chat)
if not r or r.s ~= 'h' then return {'none'} end
finish(chat, r, 'abandoned', 0)
return {'ok', unpack(changed)}
