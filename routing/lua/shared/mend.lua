-- A failover forgot what a chat's own state was told: its record goes above that, so that it is told again.
-- ARGV[5] chat  [6] its version, as it was read  [7], [8] version and epoch of its own state  [9], [10] owner and her key there
-- Returns {'ok', changed...}; {'none'} where it changed meanwhile.
local chat, r, e = ARGV[5], chat_of(ARGV[5]), tonumber(ARGV[8])
if not r or r.v ~= tonumber(ARGV[6]) then return {'none'} end
r.v = math.max(r.v, tonumber(ARGV[7]))
local others = r.s == 't' and e >= r.e and (r.o ~= ARGV[9] or r.q ~= ARGV[10])
r.e = math.max(r.e, e)
if others then begin_epoch(r) end
project(chat, r)
return {'ok', unpack(changed)}
