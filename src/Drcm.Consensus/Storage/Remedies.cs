namespace Drcm.Consensus.Storage;

/// <summary>What an administrator can do about a log that cannot be used.</summary>
internal static class Remedies
{
    public const string CopyFromOthers =
        "stop drcmd, see 'drcm log verify' for the whole picture, move the spool directory away, and start drcmd again: the node joins anew and copies the log from the others";
}
