using System.Text;
using Drcm.StateMachine;

namespace Drcm.Node.Storage;

/// <summary>The voters that this spool's log was begun with. Nodes with different ideas of who votes could form two majorities; until voters can be
/// changed through the log (O11), a daemon whose cm.cfg names others does not start.</summary>
internal static class VoterFile
{
    /// <exception cref="StartupException">cm.cfg names other voters than the spool.</exception>
    public static void Check(string spoolDir, string configFile, IEnumerable<NodeId> voters)
    {
        var path = Path.Combine(spoolDir, "voters");
        var wanted = voters.Order().Select(v => v.Value).ToArray();
        if (!File.Exists(path))
        {
            DurableFile.Replace(path, Encoding.UTF8.GetBytes(string.Join('\n', wanted) + "\n"));
            return;
        }
        var stored = File.ReadAllLines(path).Where(l => l.Length > 0).ToArray();
        if (stored.SequenceEqual(wanted, StringComparer.Ordinal)) return;
        throw new StartupException(
            $"{configFile} makes {string.Join(", ", wanted)} the voters, but the log in {spoolDir} was begun by {string.Join(", ", stored)}",
            "put the voters back as they were; to change them now, stop drcmd on every node, remove the spool directory on all of them, and start again with the new file everywhere");
    }
}
