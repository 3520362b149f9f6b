-- A young person whose place waits for one counsellor would rather have anybody: it keeps its ticket, and rings at whoever
-- is free.
-- ARGV[5] chat  [6] node/sock
-- Returns {'ok'}, also where they said so before; {'none'}: it waits for nobody, or a newer socket stands.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.y ~= ARGV[6] then return {'none'} end
if r.an then return {'ok'} end
if not r.n then return {'none'} end
r.an = true
anybodys(chat, r)
return {'ok'}
