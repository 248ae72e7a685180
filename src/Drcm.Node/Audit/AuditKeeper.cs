using System.Collections.Concurrent;
using Drcm.Consensus;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Audit;

/// <summary>Keeps audit.db up with the committed log, on a thread of its own that reads the log by itself: nothing of the daemon waits for it, and no decision
/// reads it. A disk that is slow or full makes it late; a file that is damaged is set aside and made anew; neither ends the daemon.</summary>
internal sealed partial class AuditKeeper : IDisposable
{
    /// <summary>At the end, for the open transaction: a disk that hangs must not keep the daemon from ending.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(3);

    private readonly IReplicatedLog _log;
    private readonly AuditOptions _options;
    private readonly TimeProvider _wallClock;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ManualResetEventSlim _news = new();
    private readonly ConcurrentQueue<ScriptRunRow> _runs = new();
    private int _runsWaiting;
    private long _runsLost;
    private long _applied;
    private TaskCompletionSource _advance = NewSignal();
    private volatile string _trouble = "";
    private DateTimeOffset _pruneAt;

    public AuditKeeper(IReplicatedLog log, AuditOptions options, TimeProvider wallClock, ILogger<AuditKeeper> logger)
    {
        _log = log;
        _options = options;
        _wallClock = wallClock;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "audit" };
    }

    /// <summary>Newest entry of the log in a committed transaction.</summary>
    public LogIndex Applied => new(Interlocked.Read(ref _applied));

    /// <summary>Script runs that were left out since the start, because too many waited.</summary>
    public long RunsLost => Interlocked.Read(ref _runsLost);

    /// <summary>Why it is late; empty: it is not.</summary>
    public string Trouble => _trouble;

    /// <summary>The log must have been started.</summary>
    public void Start() => _thread.Start();

    /// <summary>A script has ended. Looks that went well are not kept: they say nothing, thousands of times a day. Any thread; never waits.</summary>
    public void Ran(ScriptCall call, ScriptResult result)
    {
        if (call.Action is ScriptAction.Watch or ScriptAction.Status && result.Succeeded) return;
        if (Interlocked.Increment(ref _runsWaiting) > _options.RunsWaitingMax)
        {
            Interlocked.Decrement(ref _runsWaiting);
            Interlocked.Increment(ref _runsLost);
            return;
        }
        _runs.Enqueue(ScriptRunRow.Of(call, result, _wallClock.GetUtcNow()));
        _news.Set();
    }

    /// <summary>Writes what is committed in the log by now, as long as the disk lets it.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _news.Set();
        // A thread that hangs on its disk ends with the process.
        if (_thread.IsAlive && !_thread.Join(EndPatience)) return;
        _news.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                RunSession();
            }
            catch (Exception e) when (e is LogDamagedException or ObjectDisposedException or StateSnapshotException or UnknownEventException or CorruptEventException)
            {
                // The node loop reads the same log: it tells, and ends the daemon.
                LogEnded(e.Message);
                return;
            }
            catch (Exception e) when (e is AuditDamagedException || (e is SqliteException damaged && IsDamage(damaged)))
            {
                SetAside(e.Message);
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                Refused(e.Message);
            }
        }
    }

    /// <summary>From the opening of the file until something goes wrong, or a request wants it reopened.</summary>
    private void RunSession()
    {
        using var database = AuditDatabase.Open(_options.Path);
        using var projector = new AuditProjector(database, _wallClock);
        Interlocked.Exchange(ref _applied, projector.Applied.Value);
        using var reader = new AuditReader(_log, _news);
        var (isReopened, isMended) = (false, false);
        while (!isReopened)
        {
            var isIdle = !reader.TryNext(out var entry);
            if (!isIdle)
            {
                var gaps = projector.Gaps;
                projector.Take(entry);
                if (projector.Gaps > gaps) LogGap(entry.Index);
                if (projector.Mended && !isMended) LogMended();
                isMended = projector.Mended;
                if (projector.RowsWaiting < _options.RowsPerTransactionMax) continue;
            }
            TakeRuns(projector);
            Commit(database, projector);
            isReopened = Answer(database, projector);
            if (!isIdle || isReopened) continue;
            if (_stopping.IsCancellationRequested)
            {
                TakeRest(database, projector);
                return;
            }
            _news.Wait(_options.RetentionInterval);
            // Not a wait for anything: see Pace.
            if (!_stopping.IsCancellationRequested) _stopping.Token.WaitHandle.WaitOne(_options.Pace);
            _news.Reset();
        }
    }

    /// <summary>A reader that waits is told of news a moment late: what is committed by now is read by another one.</summary>
    private void TakeRest(AuditDatabase database, AuditProjector projector)
    {
        using var reader = new AuditReader(_log, _news, projector.Applied.Value);
        while (reader.TryNext(out var entry)) projector.Take(entry);
        Commit(database, projector);
    }

    private void TakeRuns(AuditProjector projector)
    {
        while (_runs.TryDequeue(out var run))
        {
            Interlocked.Decrement(ref _runsWaiting);
            projector.Take(run);
        }
    }

    private void Commit(AuditDatabase database, AuditProjector projector)
    {
        projector.Commit();
        if (Interlocked.Exchange(ref _applied, projector.Committed.Value) != projector.Committed.Value)
            Interlocked.Exchange(ref _advance, NewSignal()).TrySetResult();
        if (_trouble.Length > 0) LogGoesOn(_options.Path);
        _trouble = "";
        var now = _wallClock.GetUtcNow();
        if (now < _pruneAt && AuditRetention.UsedBytes(database) <= _options.BytesMax) return;
        _pruneAt = now + _options.RetentionInterval;
        if (AuditRetention.Prune(database, _options, now) is > 0 and var pruned) LogPruned(pruned);
    }

    private void SetAside(string why)
    {
        try
        {
            LogSetAside(why, AuditDatabase.SetAside(_options.Path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refused($"{why}; and it cannot be set aside: {e.Message}");
        }
    }

    private void Refused(string why)
    {
        if (_trouble != why) LogRefused(_options.Path, why, _options.RetryPause.TotalSeconds);
        _trouble = why;
        _stopping.Token.WaitHandle.WaitOne(_options.RetryPause);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsDamage(SqliteException e) => e.SqliteErrorCode is 11 or 19 or 26; // SQLITE_CORRUPT, SQLITE_CONSTRAINT (an entry is there already), SQLITE_NOTADB
}
