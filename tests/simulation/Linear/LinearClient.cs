using System.Net.Sockets;
using Drcm.Consensus;

namespace Drcm.Simulation.Linear;

/// <summary>One client: does one thing after the other, with any member, and writes down what it asked and learnt.</summary>
internal sealed class LinearClient(IReadOnlyList<MemberHost> members, Recorder recorder, int seed) : IAsyncDisposable
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(15);
    private readonly Random _random = new(seed);
    private readonly MemberConnection?[] _connections = new MemberConnection?[members.Count];
    private long _version;
    private int _leader;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var member = _random.Next(100) < 70 ? _leader : _random.Next(members.Count);
            if (await ConnectionToAsync(member, stop) is not { } connection || !await DoAsync(member, connection))
            {
                await Task.Delay(PauseAfterRefusal, CancellationToken.None);
                _leader = _random.Next(members.Count);
            }
        }
    }

    /// <summary>Reads from one member until it answers.</summary>
    public async Task<ReadOnlyMemory<Entry>> ReadAsync(int member, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await ConnectionToAsync(member, cancellationToken) is { } connection && await ReadAsync(member, connection) is { } seen)
            {
                return seen;
            }

            await Task.Delay(PauseAfterRefusal, cancellationToken);
        }
    }

    /// <summary>Appends with any member until one is acknowledged.</summary>
    public async Task AppendAsync(CancellationToken cancellationToken)
    {
        for (var member = 0; ; member = (member + 1) % members.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await ConnectionToAsync(member, cancellationToken) is { } connection && await AppendAsync(member, connection, LogVersion.Any) == AppendStatus.Committed)
            {
                return;
            }

            await Task.Delay(PauseAfterRefusal, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _connections.Length; i++)
        {
            await DropAsync(i);
        }
    }

    /// <returns>False when another member should be asked.</returns>
    private async Task<bool> DoAsync(int member, MemberConnection connection)
    {
        switch (_random.Next(100))
        {
            case < 35:
                return await ReadAsync(member, connection) is not null;
            case < 36:
                using (var deadline = new CancellationTokenSource(AnswerMax))
                {
                    return await TryAsync(member, () => connection.CompactAsync(deadline.Token));
                }
            default:
                // What it last heard of, anything, or a guess at what comes.
                var expected = _random.Next(10) switch { < 6 => _version, < 9 => LogVersion.Any, _ => _version + 1 + _random.Next(3) };
                var status = await AppendAsync(member, connection, expected);
                _leader = status is AppendStatus.Committed or AppendStatus.Stale ? member : _leader;
                return status is AppendStatus.Committed or AppendStatus.Stale;
        }
    }

    private async Task<AppendStatus> AppendAsync(int member, MemberConnection connection, long expected)
    {
        var (value, start) = (recorder.NextValue(), Recorder.Now);
        var outcome = (Status: AppendStatus.Unknown, Index: 0L);
        using var deadline = new CancellationTokenSource(AnswerMax);
        await TryAsync(member, async () => outcome = await connection.AppendAsync(expected, value, deadline.Token));
        recorder.Add(new AppendOperation(start, outcome.Status == AppendStatus.Unknown ? Operation.Never : Recorder.Now, value, expected, outcome.Status, outcome.Index));
        _version = outcome.Status is AppendStatus.Committed or AppendStatus.Stale ? outcome.Index : _version;
        return outcome.Status;
    }

    private async Task<ReadOnlyMemory<Entry>?> ReadAsync(int member, MemberConnection connection)
    {
        var start = Recorder.Now;
        ReadOnlyMemory<Entry>? seen = null;
        using var deadline = new CancellationTokenSource(AnswerMax);
        await TryAsync(member, async () => seen = await connection.ReadAsync(deadline.Token));
        if (seen is { } list)
        {
            recorder.Add(new ReadOperation(start, Recorder.Now, list));
            _version = list.Length == 0 ? 0 : list.Span[^1].Index;
        }

        return seen;
    }

    private async Task<bool> TryAsync(int member, Func<Task> ask)
    {
        try
        {
            await ask();
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            await DropAsync(member);
            return false;
        }
    }

    private async Task<MemberConnection?> ConnectionToAsync(int member, CancellationToken cancellationToken)
    {
        try
        {
            return _connections[member] ??= await MemberConnection.ConnectAsync(members[member].Socket, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private async ValueTask DropAsync(int member)
    {
        if (_connections[member] is { } connection)
        {
            _connections[member] = null;
            await connection.DisposeAsync();
        }
    }
}
