using System.Buffers.Binary;
using System.Text;
using Drcm.StateMachine;

namespace Drcm.Fuzz;

/// <summary>Makes inputs out of valid ones: some as they are, most changed in a few places, a few of pure chance.</summary>
internal static class Mutator
{
    private const int ChangesMax = 6;
    private const int RandomBytesMax = 300;
    private const int GrowthMax = 64;
    private static readonly long[] Numbers =
        [0, 1, -1, 2, 7, 8, 127, 128, 255, 256, 511, 512, 4095, 4096, 65_535, 65_536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    public static byte[] Make(FuzzTarget target, SplitMix64 random)
    {
        var kind = random.Below(100);
        if (kind < 5)
        {
            return target.Sample(random);
        }

        if (kind < 12)
        {
            return Bytes(random, random.Below(RandomBytesMax));
        }

        var input = target.Sample(random);
        for (var changes = 1 + random.Below(ChangesMax); changes > 0; changes--)
        {
            input = Change(target, random, input);
        }

        return random.Chance(0.6) ? target.Seal(input) : input;
    }

    private static byte[] Change(FuzzTarget target, SplitMix64 random, byte[] input)
    {
        if (input.Length == 0)
        {
            return Bytes(random, 1 + random.Below(GrowthMax));
        }

        var at = random.Below(input.Length);
        var rest = input.Length - at;
        var some = 1 + random.Below(Math.Min(rest, GrowthMax));
        switch (random.Below(target.Splinters.Count > 0 ? 12 : 9))
        {
            case 0:
                input[at] ^= (byte)(1 << random.Below(8));
                return input;
            case 1:
                input[at] = (byte)random.Below(256);
                return input;
            case 2:
                input[at] = (byte)Numbers[random.Below(Numbers.Length)];
                return input;
            case 3:
                return Overwrite(input, at, Number(random, input.Length));
            case 4:
                return [.. input[..at], .. Bytes(random, some), .. input[at..]];
            case 5:
                return [.. input[..at], .. input[(at + some)..]];
            case 6:
                return [.. input[..(at + some)], .. input[at..]];
            case 7:
                return input[..at];
            case 8:
                var other = target.Sample(random);
                return [.. input[..at], .. other[Math.Min(at, other.Length)..]];
            default:
                var splinter = Encoding.UTF8.GetBytes(target.Splinters[random.Below(target.Splinters.Count)]);
                return random.Chance(0.5) ? [.. input[..at], .. splinter, .. input[at..]] : [.. input[..at], .. splinter, .. input[(at + some)..]];
        }
    }

    /// <summary>Of two, four or eight bytes, either way round: lengths, counts, indexes.</summary>
    private static byte[] Number(SplitMix64 random, int length)
    {
        var number = random.Below(3) == 0 ? length + random.Between(-2, 3) : Numbers[random.Below(Numbers.Length)];
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        bytes = bytes[..(2 << random.Below(3))];
        if (random.Chance(0.5))
        {
            Array.Reverse(bytes);
        }

        return bytes;
    }

    private static byte[] Overwrite(byte[] input, int at, byte[] with)
    {
        with.AsSpan(0, Math.Min(with.Length, input.Length - at)).CopyTo(input.AsSpan(at));
        return input;
    }

    private static byte[] Bytes(SplitMix64 random, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        return bytes;
    }
}
