using System.Globalization;
using System.Text;
using Drcm.Node.Scripts;
using Drcm.StateMachine;

namespace Drcm.Node.Actions;

/// <summary>The process groups that acquiring actions left behind: an application is the rest of its start program. Killed after the stop
/// script, also by a later incarnation: kept in the run directory, one line <c>resource group start-time</c> each.</summary>
internal sealed class StartedGroups
{
    /// <summary>Groups with living members for one resource; a monitor that leaves one behind each time is broken, the oldest go first.</summary>
    private const int GroupsMax = 16;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly SortedDictionary<ResourceId, List<ProcessGroup>> _groups = [];
    private bool _isUnsaved;

    /// <summary>Called after each change, on the thread that made it.</summary>
    public Action? Changed { get; set; }

    /// <param name="isSameBoot">False: what the file tells of is gone.</param>
    public StartedGroups(string runDir, bool isSameBoot)
    {
        _path = Path.Combine(runDir, "groups");
        if (isSameBoot && File.Exists(_path)) Read();
    }

    public IReadOnlyList<ProcessGroup> Of(ResourceId resource)
    {
        lock (_lock) return _groups.TryGetValue(resource, out var groups) ? [.. groups] : [];
    }

    public void Remember(ResourceId resource, ProcessGroup group)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue(resource, out var groups)) _groups[resource] = groups = [];
            groups.Add(group);
            Write();
        }
        Changed?.Invoke();
    }

    /// <summary>Drops groups that have ended.</summary>
    public void Tidy(ResourceId resource)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue(resource, out var groups)) return;
            if (groups.RemoveAll(ProcessGroups.IsEmpty) == 0 && groups.Count <= GroupsMax && !_isUnsaved) return;
            while (groups.Count > GroupsMax) groups.RemoveAt(0);
            if (groups.Count == 0) _groups.Remove(resource);
            Write();
        }
        Changed?.Invoke();
    }

    public void Forget(ResourceId resource)
    {
        lock (_lock)
        {
            if (!_groups.Remove(resource)) return;
            Write();
        }
        Changed?.Invoke();
    }

    private void Read()
    {
        foreach (var line in File.ReadLines(_path))
        {
            var words = line.Split(' ');
            if (words.Length != 3 || !ResourceId.TryParse(words[0], out var resource)
                || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || !ulong.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var start)) continue;
            if (!_groups.TryGetValue(resource, out var groups)) _groups[resource] = groups = [];
            groups.Add(new ProcessGroup(id, start));
        }
    }

    private void Write()
    {
        var text = new StringBuilder();
        foreach (var (resource, groups) in _groups)
        {
            foreach (var group in groups) text.Append(CultureInfo.InvariantCulture, $"{resource} {group.Id} {group.StartTime}\n");
        }
        try
        {
            File.WriteAllText(_path + ".new", text.ToString());
            File.Move(_path + ".new", _path, overwrite: true);
            _isUnsaved = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // On a script's own thread: what is running must be watched to its end. The run table's writes, to the same place, tell of it.
            _isUnsaved = true;
        }
    }
}
