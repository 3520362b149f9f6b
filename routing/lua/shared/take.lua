-- A counsellor asks for the next in line now, also one she was passed over for.
-- ARGV[5] name
-- Returns {'ok'} with an offer at her desk, or {'none'}: nobody waits, or she has no room.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not c or c.k == '' then return {'none'} end
if c.f ~= '' then return {'ok'} end
if c.c - c.h <= 0 then return {'none'} end
local h = next_for(name, c, true)
if not h then return {'none'} end
ring(h.chat, h.r, name, c)
return {'ok'}
