-- Falls due: a counsellor who was passed over for a chat may be offered it again.
-- ARGV[5] chat
-- Returns {'ok'} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not fallen('pass:' .. chat) then return {'none'} end
undue('pass:' .. chat)
if not r or r.s ~= 'w' then return {'none'} end
serve_chat(chat, r)
return {'ok'}
