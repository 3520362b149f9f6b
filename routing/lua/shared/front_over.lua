-- Falls due: nobody came back to a lost chat.
-- ARGV[5] chat
-- Returns {'ok', changed...} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not fallen('front:' .. chat) then return {'none'} end
undue('front:' .. chat)
if not r or r.s ~= 'l' then return {'none'} end
finish(chat, r, 'lost', 0)
return {'ok', unpack(changed)}
