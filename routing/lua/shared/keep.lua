-- A counsellor takes back what she asked: she keeps the chat.
-- ARGV[5] chat  [6] name
-- Returns {'ok', changed...} or {'none'}: the chat is not hers, or nothing is asked.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.s ~= 't' or r.o ~= ARGV[6] or not r.ho then return {'none'} end
unpropose(r, 'nobody')
project(chat, r)
return {'ok', unpack(changed)}
