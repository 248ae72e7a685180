using System.Diagnostics;

namespace Drcm.Simulation.Log;

/// <summary>Time in which the process was never held up for long. The members' timeouts are real time: on a machine that is busy with other things a
/// cluster rightly elects for ever, and that says nothing about it.</summary>
internal sealed class CalmClock
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);

    /// <summary>A beat that comes later than this after the one before ends the calm: about a heartbeat of the members.</summary>
    private static readonly TimeSpan BeatMax = TimeSpan.FromMilliseconds(25);

    private static readonly CalmClock One = new();
    private long _calmSince = Stopwatch.GetTimestamp();
    private long _beat = Stopwatch.GetTimestamp();

    private CalmClock() => _ = Task.Run(BeatAsync);

    /// <summary>How long it has been calm since <paramref name="start"/> (a <see cref="Stopwatch"/> timestamp), up to now. A beat that is overdue counts: whoever asks
    /// may run before it, right after the process stood still.</summary>
    public static TimeSpan CalmSince(long start) => Stopwatch.GetElapsedTime(Volatile.Read(ref One._beat)) > BeatMax
        ? TimeSpan.Zero
        : Stopwatch.GetElapsedTime(Math.Max(start, Volatile.Read(ref One._calmSince)));

    private async Task BeatAsync()
    {
        while (true)
        {
            var before = Stopwatch.GetTimestamp();
            await Task.Delay(Beat);
            Volatile.Write(ref _beat, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(before) > BeatMax)
            {
                Volatile.Write(ref _calmSince, Stopwatch.GetTimestamp());
            }
        }
    }
}
