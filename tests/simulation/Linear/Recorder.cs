using System.Collections.Concurrent;
using System.Diagnostics;
using Drcm.Consensus;

namespace Drcm.Simulation.Linear;

/// <summary>The history of a run, as its clients write it. Thread-safe.</summary>
internal sealed class Recorder
{
    private readonly ConcurrentQueue<Operation> _history = new();
    private readonly ConcurrentDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _story = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _lastValue;

    public IReadOnlyCollection<Operation> History => _history;

    /// <summary>How often each fault was done.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    /// <summary>For people.</summary>
    public IReadOnlyCollection<string> Story => _story;

    public int Reads => _history.OfType<ReadOperation>().Count();

    public int Appends(AppendStatus status) => _history.OfType<AppendOperation>().Count(a => a.Status == status);

    public static long Now => Stopwatch.GetTimestamp();

    public long NextValue() => Interlocked.Increment(ref _lastValue);

    public void Add(Operation operation) => _history.Enqueue(operation);

    public void Fault(string what, string where)
    {
        _faults.AddOrUpdate(what, 1, (_, count) => count + 1);
        Note($"{what} {where}");
    }

    public void Note(string what) => _story.Enqueue($"{Stopwatch.GetElapsedTime(_started).TotalSeconds,7:0.000} {what}");
}
