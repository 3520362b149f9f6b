-- Falls due: a chat that ended as done was not read to its end in time.
-- ARGV[5] chat
-- Returns {'ok', changed...} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not fallen('linger:' .. chat) then return {'none'} end
undue('linger:' .. chat)
if not r or r.s ~= 'd' then return {'none'} end
finish(chat, r, 'done', 0)
return {'ok', unpack(changed)}
