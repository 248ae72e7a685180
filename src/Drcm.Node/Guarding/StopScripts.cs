using System.Runtime.InteropServices;
using Drcm.Node.Guarding.Native;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Guarding;

/// <summary>The stop scripts that the guard runs: each once at a time, in a session of its own, killed past its timeout, and again after a pause when it failed.
/// Started from memory that was made ready when the table was loaded; allocates nothing.</summary>
internal sealed unsafe class StopScripts : IDisposable
{
    private const short SetSigDef = 0x04;
    private const short SetSigMask = 0x08;
    private const short SetSid = 0x80;

    /// <summary>More than any libc takes for its opaque structures (glibc: 336, 80 and 128 bytes).</summary>
    private const int OpaqueBytes = 1024;

    private const int WaitNoHang = 1;

    /// <summary>Shell words for a script without a "#!" line.</summary>
    private const int WordBytes = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly byte* _attributes = (byte*)NativeMemory.AllocZeroed(OpaqueBytes);
    private readonly byte* _actions = (byte*)NativeMemory.AllocZeroed(OpaqueBytes);
    private readonly byte* _words = (byte*)NativeMemory.AllocZeroed(WordBytes);
    private Run[] _runs = new Run[GuardTable.EntriesMax];
    private Run[] _others = new Run[GuardTable.EntriesMax];
    private int _count;

    public StopScripts()
    {
        var signals = stackalloc byte[OpaqueBytes];
        _ = GuardCalls.AttributesInit(_attributes);
        _ = GuardCalls.AttributesSetFlags(_attributes, SetSigDef | SetSigMask | SetSid);
        _ = GuardCalls.SigFillSet(signals);
        _ = GuardCalls.AttributesSetSigDefault(_attributes, signals);
        _ = GuardCalls.SigEmptySet(signals);
        _ = GuardCalls.AttributesSetSigMask(_attributes, signals);
        "/dev/null\0/bin/sh\0sh\0"u8.CopyTo(new Span<byte>(_words, WordBytes));
    }

    private enum Phase
    {
        NotRun,
        Running,
        Succeeded,
        Failed,
    }

    private struct Run
    {
        public ulong Resource;
        public Phase Phase;
        public int Id;
        public TimeSpan Since;
    }

    /// <summary>A new table: what runs for a resource goes on when it is in this one too.</summary>
    public void Follow(GuardTable table)
    {
        for (var i = 0; i < table.Count; i++)
        {
            var key = KeyOf(table[i].Resource);
            _others[i] = new Run { Resource = key };
            for (var j = 0; j < _count; j++)
            {
                if (_runs[j].Resource != key) continue;
                _others[i] = _runs[j];
                _runs[j].Phase = Phase.NotRun;
                break;
            }
        }
        KillAll();
        (_runs, _others) = (_others, _runs);
        _count = table.Count;
    }

    /// <summary>A lease again: nothing may be stopped on account of the one before.</summary>
    public void KillAll()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_runs[i].Phase == Phase.Running) Kill(_runs[i].Id);
            _runs[i].Phase = Phase.NotRun;
        }
    }

    /// <summary>Starts it if it is due, or looks after it.</summary>
    /// <param name="hasSucceeded">Its last run said so; meaningful when it has ended.</param>
    /// <returns>A run of it has ended.</returns>
    public bool Step(int place, ref GuardTable.Entry entry, TimeSpan now, GuardLog log, out bool hasSucceeded)
    {
        ref var run = ref _runs[place];
        if (run.Phase == Phase.NotRun || (run.Phase == Phase.Failed && now - run.Since >= Pause)) Start(ref run, ref entry, now, log);
        else if (run.Phase == Phase.Running) Look(ref run, ref entry, now, log);
        hasSucceeded = run.Phase == Phase.Succeeded;
        return run.Phase is Phase.Succeeded or Phase.Failed;
    }

    public void Dispose()
    {
        NativeMemory.Free(_attributes);
        NativeMemory.Free(_actions);
        NativeMemory.Free(_words);
    }

    private void Start(ref Run run, ref GuardTable.Entry entry, TimeSpan now, GuardLog log)
    {
        var devNull = _words;
        var shell = _words + 10;
        _ = GuardCalls.ActionsInit(_actions);
        _ = GuardCalls.ActionsAddOpen(_actions, 0, devNull, 0, 0);
        _ = GuardCalls.ActionsAddChdir(_actions, entry.Directory);
        int id;
        var error = GuardCalls.Spawn(&id, entry.Path, _actions, _attributes, entry.Arguments, entry.Environment);
        if (error == GuardCalls.Enoexec)
        {
            // No "#!" line: sh PATH WORD…, in the places that are free before the words.
            entry.Arguments[-1] = _words + 18;
            var first = entry.Arguments[0];
            entry.Arguments[0] = entry.Path;
            error = GuardCalls.Spawn(&id, shell, _actions, _attributes, entry.Arguments - 1, entry.Environment);
            entry.Arguments[0] = first;
        }
        _ = GuardCalls.ActionsDestroy(_actions);
        run.Id = id;
        run.Since = now;
        run.Phase = error == 0 ? Phase.Running : Phase.Failed;
        if (error != 0) log.Begin("cannot start the stop script of "u8).Add(entry.Resource).Add(": error "u8).Add(error).End();
    }

    private static void Look(ref Run run, ref GuardTable.Entry entry, TimeSpan now, GuardLog log)
    {
        int status;
        if (GuardCalls.WaitPid(run.Id, &status, WaitNoHang) == 0)
        {
            if (now - run.Since < TimeSpan.FromMilliseconds(entry.TimeoutMilliseconds)) return;
            log.Begin("the stop script of "u8).Add(entry.Resource).Add(" takes too long: killed"u8).End();
            Kill(run.Id);
            run.Phase = Phase.Failed;
        }
        else
        {
            run.Phase = status == 0 ? Phase.Succeeded : Phase.Failed;
            if (status != 0) log.Begin("the stop script of "u8).Add(entry.Resource).Add(" failed: "u8).Add(Posix.ExitCode(status)).End();
        }
        run.Since = now;
    }

    private static void Kill(int id)
    {
        _ = GuardCalls.Kill(-id, Posix.SigKill);
        int status;
        // It dies at once or hangs in the kernel: its number is given back when this process ends.
        _ = GuardCalls.WaitPid(id, &status, WaitNoHang);
    }

    /// <summary>FNV-1a: tells names apart, nothing more.</summary>
    private static ulong KeyOf(byte* name)
    {
        var key = 14_695_981_039_346_656_037UL;
        for (; *name != 0; name++) key = (key ^ *name) * 1_099_511_628_211UL;
        return key;
    }
}
