using System.Text;
using Drcm.Consensus;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Membership;
using Drcm.Consensus.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Simulation.Log;

/// <summary>One member: its disk lives on, its log comes and goes. What it reads is compared with what the others read.</summary>
internal sealed class SimMember(string name, SimNetwork network, SimDisk disk, string directory, History history, Func<IReplicatedLog, IReplicatedLog> wrap)
    : IAsyncDisposable
{
    /// <summary>State of the simulated machine: every payload so far. A snapshot is this, as text.</summary>
    private const char Separator = '\n';
    private static readonly TransportKeys Keys = new(new byte[TransportKeys.SeedBytes]);
    private static readonly ElectionTimes Times = new(Ms(90), Ms(150), Ms(20), Ms(70), Ms(40));
    private readonly Lock _sync = new();
    private readonly List<(long Index, string Payload)> _seen = [];
    private CancellationTokenSource _stop = new();
    private Task _following = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    public string Name => name;

    public SimDisk Disk => disk;

    /// <summary>Set when its disk was replaced: it waits to be added.</summary>
    public long? JoinFloor { get; set; }

    public LogMember Member => new(name, network.Members[name]);

    /// <summary>Null while it is down.</summary>
    public IReplicatedLog? Log { get; private set; }

    /// <summary>Newest index that it has read.</summary>
    public long Version
    {
        get
        {
            lock (_sync)
            {
                return _seen.Count == 0 ? 0 : _seen[^1].Index;
            }
        }
    }

    public bool HasSeen(long index)
    {
        lock (_sync)
        {
            return _seen.Count > 0 && _seen[^1].Index >= index;
        }
    }

    public async Task StartAsync()
    {
        _stop.Dispose();
        _stop = new();
        DotNextLog engine = new(
            new()
            {
                Self = name,
                Members = JoinFloor is null ? network.Members : new Dictionary<string, System.Net.IPEndPoint> { [name] = network.Members[name] },
                JoinFloor = JoinFloor,
                Keys = Keys,
                Directory = directory,
                Times = Times,
                Files = disk.BeginProcess(),
                Storage = new() { Directory = "", SegmentBytes = 8 * 1024, ZeroedBytes = 2048, TailBytes = 4096, KeptEntries = 20, RetryFirst = TimeSpan.FromMilliseconds(10), RetryMax = TimeSpan.FromMilliseconds(50) },
                Transport = o => new SimTransport(network, o.Self, o.Times.Connect),
            },
            NullLogger.Instance);
        engine.Requests.Serve(RequestKinds.Join, (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(JoinRequest.WriteAnswer(engine.LastIndex)));
        var log = wrap(engine);
        try
        {
            await log.StartAsync(_stop.Token);
        }
        catch (LogDamagedException e)
        {
            foreach (var operation in disk.Story)
            {
                history.Note($"{name}'s disk: {operation}");
            }

            history.Violate($"{name} does not open any more: {e.Message}");
            await log.DisposeAsync();
            return;
        }

        Log = log;
        lock (_sync)
        {
            _seen.Clear();
        }

        _following = FollowAsync(log, _stop.Token);
        _watching = WatchAsync(log, _stop.Token);
    }

    public async Task StopAsync()
    {
        if (Log is not { } log)
        {
            return;
        }

        Log = null;
        await _stop.CancelAsync();
        await log.DisposeAsync();
        await _following;
        await _watching;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    public async Task CompactAsync(CancellationToken cancellationToken)
    {
        (long Index, byte[] State)? snapshot = null;
        lock (_sync)
        {
            if (_seen.Count > 0)
            {
                snapshot = (_seen[^1].Index, Encoding.UTF8.GetBytes(string.Join(Separator, _seen.Select(s => $"{s.Index} {s.Payload}"))));
            }
        }

        if (snapshot is var (index, state) && Log is { } log)
        {
            history.Note($"{name} compacts up to {index}");
            try
            {
                await log.CompactAsync(index, state, cancellationToken);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or LogDamagedException or OperationCanceledException)
            {
                history.Note($"{name} could not compact: {e.Message}");
            }
        }
    }

    private async Task FollowAsync(IReplicatedLog log, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var entry in log.ReadCommittedAsync(0, cancellationToken))
            {
                if (entry.IsSnapshot)
                {
                    Restore(Encoding.UTF8.GetString(entry.Payload.Span));
                }
                else
                {
                    Apply(entry.Index, Encoding.UTF8.GetString(entry.Payload.Span));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
        catch (LogDamagedException e) when (!cancellationToken.IsCancellationRequested)
        {
            history.Note($"{name} cannot go on reading: {e.Message}");
        }
    }

    private void Apply(long index, string payload)
    {
        lock (_sync)
        {
            history.See(name, _seen.Count == 0 ? 0 : _seen[^1].Index, index, payload);
            _seen.Add((index, payload));
        }
    }

    private void Restore(string state)
    {
        lock (_sync)
        {
            history.Note($"{name} restores a snapshot");
            _seen.Clear();
            foreach (var line in state.Split(Separator))
            {
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                Apply(long.Parse(line.AsSpan(0, space), System.Globalization.CultureInfo.InvariantCulture), line[(space + 1)..]);
            }
        }
    }

    private async Task WatchAsync(IReplicatedLog log, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var leadership in log.WatchLeadershipAsync(cancellationToken))
            {
                if (leadership.IsSelf)
                {
                    history.Leads(name, leadership.Term);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
