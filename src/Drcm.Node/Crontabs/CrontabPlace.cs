using System.Text;
using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Crontabs;

namespace Drcm.Node.Crontabs;

/// <summary>Crontabs in their places on this node: what belongs there, with the guard before each command (O21), and how it gets there and away.
/// With a script of the operator's, that installs what it is given.</summary>
/// <param name="isGuarded">False: <c>cron_guard = 0</c>, lines are installed as they are.</param>
internal sealed class CrontabPlace(string runDir, bool isGuarded, TimeProvider wallClock)
{
    private const UnixFileMode SystemMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Cron refuses the table of a user that others may read.</summary>
    private const UnixFileMode UserMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="token">Under which it is installed.</param>
    public CrontabStep Start(CrontabDefinition crontab, LogIndex token)
    {
        try
        {
            if (!TryContent(crontab, out var content, out var problem)) return CrontabStep.Failed(problem);
            if (isGuarded)
            {
                FirstMinute.MakeDirectory(runDir);
                FirstMinute.Write(runDir, crontab.Id, token, wallClock.GetUtcNow());
            }
            if (!BuiltInScript.Is(crontab.Script, "cron")) return CrontabStep.ByScript(isGuarded ? Given(crontab, content) : crontab);
            if (!Directory.Exists(crontab.InstallLocation))
                return CrontabStep.Failed($"{crontab.InstallLocation} is no directory; create it or correct the row in cm.cfg");
            Replace(Path.Combine(crontab.InstallLocation, $".{NameOf(crontab)}.drcm"), CrontabProbe.Target(crontab), content,
                CrontabForms.Of(crontab) == CrontabForm.User ? UserMode : SystemMode);
            return CrontabStep.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CrontabStep.Failed($"{CrontabProbe.Target(crontab)} could not be installed: {e.Message}; look for a full or read-only file system");
        }
    }

    public CrontabStep Stop(CrontabDefinition crontab)
    {
        if (!BuiltInScript.Is(crontab.Script, "cron"))
        {
            var given = crontab with { TemplateFile = GivenPath(crontab) };
            return CrontabStep.ByScript(File.Exists(given.TemplateFile) ? given : crontab);
        }
        try
        {
            File.Delete(CrontabProbe.Target(crontab));
            File.Delete(Path.Combine(crontab.InstallLocation, $".{NameOf(crontab)}.drcm"));
            return CrontabStep.Done;
        }
        catch (DirectoryNotFoundException)
        {
            return CrontabStep.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CrontabStep.Failed($"{CrontabProbe.Target(crontab)} could not be removed: {e.Message}; look for a read-only file system");
        }
    }

    /// <summary>Is it installed, with what belongs there.</summary>
    public ProbeResult Look(CrontabDefinition crontab) =>
        CrontabProbe.Look(crontab, () => TryContent(crontab, out var content, out _) ? content : null);

    private bool TryContent(CrontabDefinition crontab, out byte[] content, out string problem)
    {
        problem = "";
        content = [];
        if (!File.Exists(crontab.TemplateFile))
        {
            problem = $"template {crontab.TemplateFile} cannot be read; create it or correct its row in cm.cfg";
            return false;
        }
        if (new FileInfo(crontab.TemplateFile).Length > CrontabProbe.BytesMax)
        {
            problem = $"template {crontab.TemplateFile} is larger than {CrontabProbe.BytesMax} bytes; split it";
            return false;
        }
        content = File.ReadAllBytes(crontab.TemplateFile);
        if (!isGuarded) return true;
        var guard = GuardProgram.Words(runDir, crontab.Id.ToString()).Select(w => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(w)));
        var (text, faults) = CrontabGuard.Wrap(Encoding.Latin1.GetString(content), CrontabForms.Of(crontab), guard);
        problem = string.Join('\n', faults.Select(f => f.Render(crontab.TemplateFile)));
        content = Encoding.Latin1.GetBytes(text);
        return faults.IsEmpty;
    }

    /// <summary>The guarded lines under the template's own name, for a script that copies what it is given.</summary>
    private CrontabDefinition Given(CrontabDefinition crontab, byte[] content)
    {
        var path = GivenPath(crontab);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Replace(path + ".new", path, content, SystemMode);
        return crontab with { TemplateFile = path };
    }

    private string GivenPath(CrontabDefinition crontab) => Path.Combine(runDir, "cron", "templates", crontab.Id.Nickname, NameOf(crontab));

    private static string NameOf(CrontabDefinition crontab) => Path.GetFileName(crontab.TemplateFile);

    /// <summary>Cron never reads half a file, and leaves out names that begin with a dot.</summary>
    private static void Replace(string temporary, string path, byte[] content, UnixFileMode mode)
    {
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UserMode }))
        {
            file.Write(content);
            File.SetUnixFileMode(file.SafeFileHandle, mode);
        }
        File.Move(temporary, path, overwrite: true);
    }
}

/// <param name="Problem">Not empty: it failed, with the remedy.</param>
/// <param name="Script">What the operator's script is still to be called with; null: nothing.</param>
internal readonly record struct CrontabStep(string Problem, CrontabDefinition? Script)
{
    public static CrontabStep Done => new("", null);

    public static CrontabStep Failed(string problem) => new(problem, null);

    public static CrontabStep ByScript(CrontabDefinition crontab) => new("", crontab);
}
