using Drcm.Consensus.Membership;
using Drcm.Node.Storage;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Node.Startup;

/// <summary>Opens the spool: incarnation, promises, the log's directory. A spool with a log but without promises has forgotten what it
/// promised; such a node may not vote (O6).</summary>
internal sealed class SpoolOpening
{
    private SpoolOpening(Incarnation incarnation, string identity, PromiseFile promiseFile, PromiseTable promises)
    {
        Incarnation = incarnation;
        Identity = identity;
        PromiseFile = promiseFile;
        Promises = promises;
    }

    public Incarnation Incarnation { get; }

    /// <summary>Of this spool (O12): made with it.</summary>
    public string Identity { get; }

    public PromiseFile PromiseFile { get; }

    public PromiseTable Promises { get; }

    /// <exception cref="StartupException">Something in it is damaged or missing.</exception>
    public static SpoolOpening Open(NodeIdentity identity, TimeProvider wallClock)
    {
        var spoolDir = identity.Local.SpoolDir;
        var promiseFile = new PromiseFile(spoolDir);
        try
        {
            if (!promiseFile.Exists)
            {
                if (Directory.Exists(Path.Combine(spoolDir, "raft")))
                {
                    throw new StartupException(
                        $"{promiseFile.FilePath} is missing while the log beside it is there: this node has forgotten what it promised as a voter and may not vote",
                        "put the file back; if it is lost, empty this node's spool directory as a whole, and it joins anew from the other nodes");
                }
                promiseFile.Write(PromiseTable.Empty);
            }
            return new SpoolOpening(IncarnationFile.Next(spoolDir, wallClock), SpoolIdentity.ReadOrMake(spoolDir).ToString(), promiseFile, promiseFile.Read());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot use the spool {spoolDir}: {e.Message}", "make room on its disk, or give it to the account that runs drcmd", e);
        }
    }
}
