using System.Text;
using Drcm.StateMachine;

namespace Drcm.Fuzz.Targets;

/// <summary>Values of all sizes.</summary>
internal static class Samples
{
    public static byte[] Bytes(this SplitMix64 random, int countMax)
    {
        var bytes = new byte[random.Below(countMax + 1)];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        return bytes;
    }

    public static long Number(this SplitMix64 random) => (long)(random.Next() >> random.Between(1, 64));

    public static string Text(this SplitMix64 random, int charsMax)
    {
        var text = new StringBuilder();
        for (var left = random.Below(charsMax + 1); left > 0; left--)
        {
            text.Append((char)random.Between(32, random.Chance(0.1) ? 0x2000 : 127));
        }

        return text.ToString();
    }

    /// <summary>As a node or a resource is called.</summary>
    public static string Name(this SplitMix64 random) => $"node{random.Below(100)}";

    public static SlotId Slot(this SplitMix64 random) =>
        new(new ResourceId((ResourceKind)random.Below(5), $"web{random.Below(9)}"), new NodeId(random.Name()));

    public static Guid Id(this SplitMix64 random)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, random.Next());
        BitConverter.TryWriteBytes(bytes[8..], random.Next());
        return new(bytes);
    }
}
