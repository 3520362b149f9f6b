-- Falls due: an accepted offer need not be known any more.
-- ARGV[5] offer
-- Returns {'ok'} or {'none'}.
if not fallen('offer:' .. ARGV[5]) then return {'none'} end
undue('offer:' .. ARGV[5])
call('HDEL', OFFERS, ARGV[5])
return {'ok'}
