-- What there is to say of single places in line beside where they stand: which of some came from another line, by a
-- handover or since their young person was asked and said yes.
-- ARGV[5...] places
-- Returns {'ok', those of them that did...}.
local out = {'ok'}
for i = 5, #ARGV do
  local r = chat_of(ARGV[i])
  if r and (r.of or r.no and r.no[r.l]) then out[#out + 1] = ARGV[i] end
end
return out
