-- The young person ends the chat, in line or in conversation.
-- ARGV[5] chat  [6] wrap-up time in s
-- Returns {'ok', changed...}; {'none'} when it is unknown or over.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.s == 'x' or r.s == 'd' then return {'none'} end
finish(chat, r, 'left', tonumber(ARGV[6]))
return {'ok', unpack(changed)}
