using Drcm.StateMachine;

namespace Drcm.Fuzz;

/// <summary>A decoder under test. Used by one thread.</summary>
internal abstract class FuzzTarget(string name)
{
    /// <summary>What every decoder may allocate whatever its input: buffers, an exception, the first use of a type.</summary>
    private const long AllocationBase = 512 * 1024;

    /// <summary>And for each byte of input; text is two bytes a character, and kept in several forms.</summary>
    private const long AllocationPerByte = 200;

    public string Name => name;

    /// <summary>Pieces that mean something in this format.</summary>
    public virtual IReadOnlyList<string> Splinters => [];

    /// <summary>Bytes that one input may cost.</summary>
    public virtual long AllocationMax(int inputBytes) => AllocationBase + AllocationPerByte * inputBytes;

    /// <summary>Something valid.</summary>
    public abstract byte[] Sample(SplitMix64 random);

    /// <summary>Makes checksums and signatures right again, so that what lies behind them is met.</summary>
    public virtual byte[] Seal(byte[] input) => input;

    /// <summary>Decodes; catches what the decoder documents and nothing else. What it accepts must come back the same after encoding and decoding.</summary>
    /// <exception cref="FuzzException">It accepted what it should not, or does not come back the same.</exception>
    public abstract void Feed(byte[] input);

    /// <summary>The same with a mistake that a decoder of this kind can have: the fuzzer must find it.</summary>
    public abstract void FeedBroken(byte[] input);

    protected static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new FuzzException(what);
        }
    }
}

/// <summary>The decoder broke its contract without an exception of its own.</summary>
internal sealed class FuzzException(string what) : Exception(what);
