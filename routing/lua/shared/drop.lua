-- A young person's socket closed: the place is kept, without being offered, or the chat goes on for the grace time.
-- ARGV[5] chat  [6] node/sock  [7] time a place in line is held in s  [8] grace in a chat in s
-- Returns {'ok'} or {'none'}: a newer socket stands.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.s == 'x' or r.y ~= ARGV[6] then return {'none'} end
youth_down(chat, r, tonumber(ARGV[7]), tonumber(ARGV[8]))
return {'ok'}
