using Drcm.Consensus;
using Drcm.Node.Clock;
using Drcm.Node.Datagrams;
using Drcm.Node.Storage;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Loop;

/// <summary>The one thread that owns the <see cref="NodeCore"/>: takes inputs from a bounded queue, steps the core, carries out what it wants.
/// Everything else posts to it.</summary>
internal sealed partial class NodeLoop : IDisposable
{
    /// <summary>Several seconds of a large cluster's keep-alives. When full, datagrams are dropped; everything else waits.</summary>
    private const int QueueMax = 8192;

    /// <summary>A new member is brought up to the others first; a copy of a large log over a slow line takes its time.</summary>
    private static readonly TimeSpan MemberChangePatience = TimeSpan.FromMinutes(2);

    /// <summary>Intervals without a datagram after which a peer is sent frames as well.</summary>
    private const int SecondPathIntervals = 2;

    private readonly InputQueue _queue = new(QueueMax);
    /// <summary>What the loop tells itself while it carries out an effect; bounded by the effects of one step.</summary>
    private readonly Queue<Action<TimeSpan>> _own = new();

    private readonly NodeLoopParts _parts;
    private readonly ILogger _logger;
    private readonly SecondPath _secondPath;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    /// <summary>Bounded by <see cref="Limits.PendingCommandsMax"/>: the core refuses more.</summary>
    private readonly Dictionary<long, TaskCompletionSource<CommandAnswer>> _commands = [];
    private long _lastCommand;
    private NodeCore _core = null!;
    private bool _isCaughtUp;
    private string? _lastLeader;
    private long _leaderChanges;

    public NodeLoop(NodeLoopParts parts, ILogger<NodeLoop> logger)
    {
        _parts = parts;
        _logger = logger;
        _secondPath = new SecondPath(parts.Options.Definition.Timing.KeepAliveInterval * SecondPathIntervals);
        _thread = new Thread(Run) { IsBackground = true, Name = "node loop", Priority = ThreadPriority.Highest };
    }

    /// <summary>Completes when a shutdown has handed everything over.</summary>
    public Task Left => _left.Task;

    /// <summary>Completes when the loop's thread ends; faulted if it failed, which ends the daemon.</summary>
    public Task Ended => _ended.Task;

    public TransportCounts Counts { get; } = new();

    public void Start() => _thread.Start();

    public void Shutdown() => Post(now => _core.Shutdown(now));

    /// <summary>Somebody else did something to a resource that runs here.</summary>
    public void Disturbed(ResourceId resource) => Post(now => _core.Disturbed(now, resource));

    /// <summary>Everything that was committed before the daemon's start has been read.</summary>
    public void UpToDate() => Post(now => _core.UpToDate(now));

    /// <summary>There is a guard, or there is none (O16).</summary>
    public void ChangeGuard(bool isGuarded, string why) => Post(now => _core.GuardChanged(now, isGuarded, why));

    /// <summary>An operator's command, on the leader; ends when its fate is known. Cancelled: it may yet come into force.</summary>
    public Task<CommandAnswer> SubmitAsync(string actor, Command command, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<CommandAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(now =>
        {
            _commands.Add(++_lastCommand, answer);
            _core.Submit(now, _lastCommand, actor, command);
        });
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Runs a question against the core on its own thread.</summary>
    public Task<T> AskAsync<T>(Func<NodeCore, TimeSpan, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(now => answer.SetResult(question(_core, now)));
        return answer.Task;
    }

    /// <summary>A datagram, on its socket's thread.</summary>
    public void DeliverDatagram(ReadOnlyMemory<byte> datagram) => Deliver(datagram, _secondPath.DatagramFrom);

    /// <summary>A frame over the log's port, on a transport's thread.</summary>
    public void DeliverFrame(ReadOnlyMemory<byte> frame) => Deliver(frame, _secondPath.FrameFrom);

    /// <summary>Checked here, so that garbage never reaches the loop.</summary>
    private void Deliver(ReadOnlyMemory<byte> frame, Action<NodeId> heard)
    {
        if (!_parts.Codec.TryDecode(frame.Span, out var message, out var reason))
        {
            Counts.Reject(reason);
            return;
        }
        if (message.To != _parts.Options.Self) return;
        heard(message.From);
        if (!_queue.TryAdd(now => _core.Receive(now, message))) Counts.Drop();
    }

    public void Commit(CommittedEntry entry)
    {
        if (entry.IsSnapshot)
        {
            var state = LogCompaction.Restore(entry);
            Post(now => _core.Restored(now, state));
            return;
        }
        var batch = EventCodec.Decode(entry.Payload);
        Post(now =>
        {
            _core.Committed(now, new LogIndex(entry.Index), new Term(entry.Term), batch);
            _parts.Compaction.Applied(_core.State, entry.Payload.Length);
        });
    }

    public void ChangeLeadership(Leadership leadership)
    {
        if (leadership.Leader is { } leader && leader != _lastLeader)
        {
            if (_lastLeader is not null) Interlocked.Increment(ref _leaderChanges);
            _lastLeader = leader;
        }
        var name = leadership.Leader is { } known ? new NodeId(known) : (NodeId?)null;
        Post(now => _core.LeadershipChanged(now, leadership.IsSelf, name));
    }

    /// <summary>From one leader to another, as this daemon has seen since its start.</summary>
    public long LeaderChanges => Interlocked.Read(ref _leaderChanges);

    public void Dispose()
    {
        _stopping.Cancel();
        _queue.Close();
        if (_thread.IsAlive) _thread.Join();
        _stopping.Dispose();
    }

    /// <summary>After the end nobody is left to tell.</summary>
    private void Post(Action<TimeSpan> input) => _queue.Add(input);

    private void Run()
    {
        try
        {
            var now = MonotonicClock.Now;
            _core = new NodeCore(_parts.Options, now, this);
            Step(_core.Tick);
            while (!_stopping.IsCancellationRequested) StepOnce();
            _ended.TrySetResult();
        }
        catch (OperationCanceledException)
        {
            _ended.TrySetResult();
        }
#pragma warning disable CA1031 // The thread's boundary: whatever it is, the daemon ends with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _ended.TrySetException(e);
        }
    }

    private void StepOnce()
    {
        var wait = _core.NextWake - MonotonicClock.Now;
        if (wait > TimeSpan.Zero)
        {
            if (_queue.Take(Bounded(wait)) is { } input) Step(input);
            return;
        }
        // What waited is read before silence is counted (O20), and no more than that: a flood may not keep the clock from ticking.
        _parts.Udp.Drain();
        for (var waiting = _queue.Count; waiting > 0 && _queue.Take(TimeSpan.Zero) is { } input; waiting--) Step(input);
        // Cheap beside a tick, and only its leader reads them.
        if (_core.IsLeading) Step(now => _core.LogMembersChanged(now, MemberNames()));
        Step(_core.Tick);
        LookForTrouble();
    }

    private void Step(Action<TimeSpan> input)
    {
        var now = MonotonicClock.Now;
        _parts.Guard.Beat(now);
        input(now);
        while (_own.TryDequeue(out var own)) own(MonotonicClock.Now);
    }

    /// <summary>Rounded up to the milliseconds that a wait has: waking early would only wait again.</summary>
    private static TimeSpan Bounded(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, 1000));
}
