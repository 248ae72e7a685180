namespace Drcm.StateMachine;

/// <summary>Sebastiano Vigna's SplitMix64: a small generator whose sequence is fixed by its seed on every platform and release, so that
/// a printed seed replays a run. Not for secrets.</summary>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>Uniform in [0, <paramref name="bound"/>); the bias of the multiplication is below 2^-32 for the bounds in use.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)(((Next() >> 32) * (ulong)bound) >> 32);
    }

    /// <summary>Uniform in [<paramref name="from"/>, <paramref name="below"/>).</summary>
    public int Between(int from, int below) => from + Below(below - from);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;
}
