-- A counsellor goes on with a chat of hers under a new key (another device): a new epoch, the same owner.
-- ARGV[5] name  [6] chat  [7] her new key
-- Returns {'ok', changed...}, {'again'} for the key that stands, or {'none'}.
local r = chat_of(ARGV[6])
if not r or r.s ~= 't' or r.o ~= ARGV[5] then return {'none'} end
if r.q == ARGV[7] then return {'again'} end
begin_epoch(r)
r.q = ARGV[7]
project(ARGV[6], r)
return {'ok', unpack(changed)}
