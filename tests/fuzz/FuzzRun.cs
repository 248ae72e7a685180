using System.Diagnostics;
using Drcm.StateMachine;

namespace Drcm.Fuzz;

/// <summary>What went wrong with one input; the same seed, target and number make it again.</summary>
internal sealed record Finding(string Target, long Seed, long Number, string What, byte[] Input);

/// <summary>Feeds one target and judges: no exception but the documented ones, bounded time, bounded memory.</summary>
internal sealed class FuzzRun(FuzzTarget target, long seed, bool isBroken)
{
    /// <summary>Processor time that one input may cost; the slowest decoders need a thousandth.</summary>
    private static readonly TimeSpan CpuMax = TimeSpan.FromSeconds(2);

    /// <summary>An input that is still being decoded after this time will never end.</summary>
    private static readonly TimeSpan HungAfter = TimeSpan.FromSeconds(120);
    private long _current;
    private long _currentSince;

    public long Done { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <returns>The first finding; null when there is none.</returns>
    public Finding? Run(long from, long count)
    {
        using var watch = new Timer(_ => EndIfHung(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var started = Stopwatch.GetTimestamp();
        try
        {
            for (var number = from; number < from + count; number++)
            {
                if (Once(number) is { } finding)
                {
                    return finding;
                }

                Done++;
            }

            return null;
        }
        finally
        {
            Elapsed = Stopwatch.GetElapsedTime(started);
        }
    }

    private Finding? Once(long number)
    {
        var random = new SplitMix64((ulong)seed * 0x9E3779B97F4A7C15 ^ (ulong)number);
        var input = Mutator.Make(target, random);
        var kept = isBroken ? input : [.. input];
        Volatile.Write(ref _currentSince, Stopwatch.GetTimestamp());
        Volatile.Write(ref _current, number + 1);
        var (cpu, allocated) = (ThreadCpu.Now, GC.GetAllocatedBytesForCurrentThread());
        try
        {
            if (isBroken)
            {
                target.FeedBroken(input);
            }
            else
            {
                target.Feed(input);
            }
        }
        catch (Exception e)
        {
            return new(target.Name, seed, number, e is FuzzException ? e.Message : e.ToString(), kept);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        cpu = ThreadCpu.Now - cpu;
        Volatile.Write(ref _current, 0);
        return allocated > target.AllocationMax(kept.Length) ? new(target.Name, seed, number, $"{kept.Length} bytes of input cost {allocated} bytes of memory", kept)
            : cpu > CpuMax ? new(target.Name, seed, number, $"{kept.Length} bytes of input cost {cpu.TotalSeconds:0.0} s of processor time", kept)
            : null;
    }

    private void EndIfHung()
    {
        var current = Volatile.Read(ref _current);
        if (current != 0 && Stopwatch.GetElapsedTime(Volatile.Read(ref _currentSince)) > HungAfter && current == Volatile.Read(ref _current))
        {
            Environment.FailFast($"{target.Name}: input {current - 1} of seed {seed} does not end");
        }
    }
}
