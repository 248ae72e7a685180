using System.Runtime.InteropServices;
using Drcm.TestHosts;

namespace Drcm.Chaos.Observation;

/// <summary>Looks at all hosts every few milliseconds, on a thread of its own with a real-time priority where that is allowed. One sample looks at every host within about a
/// millisecond: two holders in one sample are two at once, but for a move that falls into that millisecond, which releases first.</summary>
internal sealed partial class ResourceWatch : IDisposable
{
    /// <summary>Between two samples on a machine that is not busy; see <see cref="LongestGap"/>.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private const int Fifo = 1;
    private const int Priority = 20;

    private readonly Lock _lock = new();
    private readonly TestNetwork _network;
    private readonly Story _story;
    private readonly HostEye[] _eyes;
    private readonly bool[][] _seen;
    private readonly LockTable _locks = new();
    private readonly OverlapCount[] _counts = [.. Enum.GetValues<Sight>().Select(_ => new OverlapCount())];
    private readonly Thread _thread;
    private volatile bool _isStopping;

    public ResourceWatch(TestNetwork network, Story story)
    {
        _network = network;
        _story = story;
        _eyes = [.. network.Hosts.Select(h => new HostEye(h))];
        _seen = [.. network.Hosts.Select(_ => new bool[Sights.Count])];
        _thread = new Thread(Run) { IsBackground = true, Name = "resource watch" };
        _thread.Start();
    }

    public long Samples { get; private set; }

    /// <summary>Longest time between two samples: what could have been missed.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>Samples that came 10 ms and more after the one before.</summary>
    public long LateSamples { get; private set; }

    public bool IsRealTime { get; private set; }

    public OverlapCount this[Sight sight] => _counts[(int)sight];

    /// <summary>Everything is on a host in the newest sample. The log alone does not say so: a node that has lost its lease has let go, and starts again what is still its own.</summary>
    public bool IsEverythingHeld
    {
        get
        {
            lock (_lock) return Samples > 0 && Enum.GetValues<Sight>().All(s => HoldersOf(s) > 0);
        }
    }

    public void BeginStep()
    {
        lock (_lock)
        {
            foreach (var count in _counts) count.BeginStep(_network.Now);
        }
    }

    /// <summary>Longest time since <see cref="BeginStep"/> in which nobody held it.</summary>
    public TimeSpan Ownerless(Sight sight)
    {
        lock (_lock) return this[sight].LongestNone;
    }

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
        foreach (var eye in _eyes) eye.Dispose();
        _locks.Dispose();
    }

    private void Run()
    {
        var priority = Priority;
        IsRealTime = SetScheduler(0, Fifo, ref priority) == 0;
        var last = _network.Now;
        while (!_isStopping)
        {
            var now = _network.Now;
            if (now - last > LongestGap) LongestGap = now - last;
            if (now - last > 2 * Interval) LateSamples++;
            last = now;
            lock (_lock) Sample(now);
            var rest = now + Interval - _network.Now;
            if (rest > TimeSpan.Zero) Thread.Sleep(rest);
        }
    }

    private void Sample(TimeSpan now)
    {
        Samples++;
        _locks.Read();
        for (var h = 0; h < _eyes.Length; h++) _eyes[h].Look(_locks, _seen[h]);
        if (HoldersOf(Sight.AddressPlaced) > 1 || HoldersOf(Sight.CustomAddressPlaced) > 1)
        {
            for (var h = 0; h < _eyes.Length; h++) _eyes[h].AskGate(_seen[h]);
        }
        foreach (var sight in Enum.GetValues<Sight>())
        {
            var holders = string.Join('+', _network.Hosts.Where((_, h) => _seen[h][(int)sight]).Select(h => h.Name));
            if (this[sight].Add(now, holders, HoldersOf(sight)) is { } change)
                _story.Tell(now, $"{Sights.Words(sight)}: {change}{(Sights.IsExclusive(sight) && HoldersOf(sight) > 1 ? "  OVERLAP" : "")}");
        }
    }

    private int HoldersOf(Sight sight) => _seen.Count(s => s[(int)sight]);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, ref int priority);
}
