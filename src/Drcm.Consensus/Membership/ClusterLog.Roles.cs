using System.Net;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;
using Microsoft.Extensions.Logging;

namespace Drcm.Consensus.Membership;

/// <content>The change from one role to the other.</content>
public sealed partial class ClusterLog
{
    /// <summary>Where the log of a member that was taken out is kept, until the next one.</summary>
    private const string AsideDirectory = "raft.removed";
    private MetMembers? _met;

    private string RaftDirectory => LogDirectory.PathIn(_options.Directory);

    private bool HasStoredLog => _options.Files.Exists(Path.Combine(RaftDirectory, MembersFile.Name)) || _options.Files.Exists(Path.Combine(RaftDirectory, Storage.VoteFile.Name));

    private FollowedLog NewLearner() => new(_options.Self, _transport.Requests, () => [.. _options.Voters.Keys]);

    private DotNextLog NewVoter(IReadOnlyDictionary<string, IPEndPoint> members, long? joinFloor)
    {
        LogDirectory.Prepare(_options.Directory);
        _met = new(_options.Files, RaftDirectory);
        var options = _options.OfVoter(members, joinFloor) with
        {
            Transport = _ => new BorrowedTransport(_transport, m =>
            {
                lock (_peersSync)
                {
                    _members = m;
                    ConnectPeers();
                }
            }),
        };
        DotNextLog voter = new(options, _logger) { HealthChanged = () => HealthChanged?.Invoke() };
        voter.MembersChanged = () => _looking.Raise();
        _transport.Met = _met.Note;
        return voter;
    }

    /// <summary>Puts another log in the place of the present one. The former one is gone before the next begins: they share a port and a directory.</summary>
    private async Task SwitchAsync(Func<IReplicatedLog> make, CancellationToken cancellationToken)
    {
        await _switching.WaitAsync(cancellationToken);
        try
        {
            await SwitchLockedAsync(make, cancellationToken);
        }
        finally
        {
            _switching.Release();
        }
    }

    private async Task SwitchLockedAsync(Func<IReplicatedLog> make, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        var former = Current;
        await former.DisposeAsync();
        await _watchEnd.CancelAsync();
        await _watching;
        var next = make();
        Volatile.Write(ref _log, next);
        try
        {
            await next.StartAsync(cancellationToken);
        }
        catch
        {
            await next.DisposeAsync();
            Volatile.Write(ref _log, next = NewLearner());
            throw;
        }
        finally
        {
            Watch(next);
            _switched.Raise();
        }

        LogRole(_logger, _options.Self, next is DotNextLog ? "keeps the log" : "follows the log");
        HealthChanged?.Invoke();
    }

    /// <summary>The voter's log is of no use to anybody any more; the newest one of those is kept for people.</summary>
    private FollowedLog NewLearnerInPlaceOfVoter()
    {
        var aside = Path.Combine(Path.GetFullPath(_options.Directory), AsideDirectory);
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        Directory.Move(RaftDirectory, aside);
        lock (_peersSync)
        {
            _members = new Dictionary<string, IPEndPoint>();
            ConnectPeers();
        }

        return NewLearner();
    }

    private void Watch(IReplicatedLog log)
    {
        _watchEnd.Dispose();
        _watchEnd = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _watching = WatchAsync(log, _watchEnd.Token);
    }

    private async Task WatchAsync(IReplicatedLog log, CancellationToken end)
    {
        try
        {
            await foreach (var leadership in log.WatchLeadershipAsync(end))
            {
                _leadership.Publish(leadership);
            }
        }
        catch (OperationCanceledException)
        {
            // Another log took its place, or all is being stopped.
        }
    }

    [LoggerMessage(2007, LogLevel.Information, "log: {Node} {Does}")]
    private static partial void LogRole(ILogger logger, string node, string does);

    [LoggerMessage(2008, LogLevel.Information, "log: {Node} has an empty spool: {Waiting}")]
    private static partial void LogWaiting(ILogger logger, string node, string waiting);

    [LoggerMessage(2005, LogLevel.Warning, "log: no connection with {Address}: {Reason}")]
    private static partial void LogRefused(ILogger logger, IPAddress address, string reason);
}
