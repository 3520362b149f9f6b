-- A counsellor sets her capacity and is ready; whom she was passed over for may be offered to her again.
-- It ends a breather and what she said of the end of her shift.
-- ARGV[5] name  [6] capacity  [7] time until her last intake in s, 0 for no end  [8] what is left of a breather in s, where
-- the store forgot it
-- Returns {'ok', changed...} or {'none'}: she is not at a desk.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not c or c.k == '' then return {'none'} end
c.r = call('INCR', TICKETS)
if c.s ~= 'ready' or c.b then c.i = c.r end
no_breaks(name, c)
if tonumber(ARGV[7]) > 0 then
  c.e = now + tonumber(ARGV[7]) + 1
  due('shift:' .. name, tonumber(ARGV[7]))
end
if tonumber(ARGV[8]) > 0 then breathe(name, c, tonumber(ARGV[8])) end
c.s, c.c = 'ready', tonumber(ARGV[6])
local f = c.f
keep_counsellor(name, c)
if f ~= '' and c.h > c.c then
  unring_desk(f)
else
  serve_counsellor(name, c)
end
return {'ok', unpack(changed)}
