using System.Text;

namespace Drcm.StateMachine.Crontabs;

/// <summary>What cron makes of a line's command when it runs it: <c>\%</c> is a percent sign, and after the first plain one comes what the command reads.</summary>
public static class CronCommand
{
    /// <summary>What the shell gets.</summary>
    public static string Text(CronJob job)
    {
        var text = new StringBuilder(job.Command.Length);
        var isEscaped = false;
        foreach (var c in job.Command)
        {
            if (isEscaped && c == '%') text.Length--;
            text.Append(c);
            isEscaped = !isEscaped && c == '\\';
        }
        return text.ToString();
    }

    /// <summary>What it reads on stdin: further percent signs are line ends, and the last line ends. Empty: nothing.</summary>
    public static string Input(CronJob job)
    {
        var input = new StringBuilder(job.Input.Length + 1);
        var (isEscaped, isOpen) = (false, false);
        for (var i = 1; i < job.Input.Length; i++)
        {
            var c = job.Input[i];
            if (isEscaped && c != '%') input.Append('\\');
            if (!isEscaped && c == '%') c = '\n';
            isEscaped = c == '\\';
            if (isEscaped) continue;
            input.Append(c);
            isOpen = c != '\n';
        }
        if (isEscaped) input.Append('\\');
        return isOpen ? input.Append('\n').ToString() : input.ToString();
    }
}
