-- Falls due: a young person in a chat was away too long: it is lost; a return within the front time is a new place.
-- ARGV[5] chat  [6] wrap-up time in s  [7] front time in s
-- Returns {'ok', changed...} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not fallen('away:' .. chat) then return {'none'} end
undue('away:' .. chat)
if not r or r.s ~= 't' or r.y ~= '' then return {'none'} end
local name, c = release(chat, r, tonumber(ARGV[6]))
due('front:' .. chat, tonumber(ARGV[7]))
r.s, r.r, r.w8 = 'l', 'lost', nil
project(chat, r)
if c then serve_counsellor(name, c) end
return {'ok', unpack(changed)}
