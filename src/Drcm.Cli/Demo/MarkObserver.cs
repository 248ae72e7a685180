using System.Collections.Immutable;
using System.Diagnostics;
using Drcm.StateMachine;

namespace Drcm.Cli.Demo;

/// <summary>Looks from outside the daemons at what runs where: a thread that reads the mark files about every 2 ms.</summary>
internal sealed class MarkObserver : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly DemoDirectory _directory;
    private readonly ImmutableArray<NodeId> _nodes;
    private readonly HashSet<string> _exclusive;
    private readonly Dictionary<string, long> _overlapSince = new(StringComparer.Ordinal);
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private volatile bool _ends;
    private Wait? _wait;
    private long _longestOverlap;

    public MarkObserver(DemoPlan plan, DemoDirectory directory)
    {
        _directory = directory;
        _nodes = [.. plan.Definition.Nodes.Select(node => node.Id)];
        _exclusive = [.. plan.Definition.Resources.Where(resource => resource.IsExclusive).Select(resource => Mark(resource.Id))];
        _thread = new Thread(Look) { IsBackground = true, Name = "observer", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public long Looks { get; private set; }

    public TimeSpan LongestOverlap => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestOverlap));

    public static string Mark(ResourceId resource) => $"{resource.Kind.Word()}-{resource.Nickname}";

    /// <summary>The moment of the first look at which <paramref name="condition"/> holds for the marks of every node.</summary>
    public Task<long> WhenAsync(Func<IReadOnlyDictionary<NodeId, HashSet<string>>, bool> condition)
    {
        var wait = new Wait(condition, new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate) _wait = wait;
        return wait.Seen.Task;
    }

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
    }

    private void Look()
    {
        while (!_ends)
        {
            var marks = _nodes.ToDictionary(node => node, MarksOf);
            var now = Stopwatch.GetTimestamp();
            MeasureOverlap(marks, now);
            lock (_gate)
            {
                if (_wait is { } wait && wait.Condition(marks))
                {
                    _wait = null;
                    wait.Seen.SetResult(now);
                }
            }
            Looks++;
            Thread.Sleep(Pause);
        }
    }

    private HashSet<string> MarksOf(NodeId node)
    {
        try
        {
            return [.. Directory.EnumerateFiles(_directory.Marks(node)).Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith(".new", StringComparison.Ordinal))];
        }
        catch (DirectoryNotFoundException)
        {
            return []; // Not yet made, or removed by the clean-up.
        }
    }

    /// <summary>The directories are read one after the other, so a mark that moves meanwhile may be seen in both. It counts
    /// only if the mark that was seen first is still there after the other was seen.</summary>
    private void MeasureOverlap(Dictionary<NodeId, HashSet<string>> marks, long now)
    {
        foreach (var mark in _exclusive)
        {
            var holders = _nodes.Where(node => marks[node].Contains(mark)).ToList();
            var isDouble = holders.Count > 1 && holders.Take(holders.Count - 1).Any(node => File.Exists($"{_directory.Marks(node)}/{mark}"));
            if (!isDouble)
            {
                _overlapSince.Remove(mark);
                continue;
            }
            _overlapSince.TryAdd(mark, now);
            var length = Math.Max(Stopwatch.GetTimestamp() - _overlapSince[mark], 1);
            if (length > Interlocked.Read(ref _longestOverlap)) Interlocked.Exchange(ref _longestOverlap, length);
        }
    }

    private sealed record Wait(Func<IReadOnlyDictionary<NodeId, HashSet<string>>, bool> Condition, TaskCompletionSource<long> Seen);
}
