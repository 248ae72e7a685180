using System.Collections.Immutable;

namespace Drcm.StateMachine.Crontabs;

/// <summary>A crontab as cron reads it. Text is one character for each byte of the file (Latin-1), so that nothing is lost.</summary>
/// <param name="Jobs">In the order of the file.</param>
/// <param name="Faults">Lines that cron would refuse, and the whole file with them.</param>
public sealed record Crontab(ImmutableArray<CronJob> Jobs, ImmutableArray<CrontabFault> Faults)
{
    private const int FieldCount = 5;

    /// <summary>More than cron's own bound on what an operator writes by hand; what is beyond is a mistake.</summary>
    public const int LinesMax = 10_000;

    public static Crontab Read(string text, CrontabForm form)
    {
        var lines = text.Split('\n');
        if (lines.Length > LinesMax + 1)
            return new Crontab([], [new CrontabFault(LinesMax + 1, $"the file has more than {LinesMax} lines", "split it")]);
        var reading = new Reading(form);
        for (var i = 0; i < lines.Length - 1; i++) reading.Line(i + 1, lines[i]);
        if (lines[^1].Length > 0)
            reading.Faults.Add(new CrontabFault(lines.Length, "the last line does not end", "end it with a newline: cron leaves out the whole file without it"));
        return new Crontab(reading.Jobs.ToImmutable(), reading.Faults.ToImmutable());
    }

    private sealed class Reading(CrontabForm form)
    {
        private ImmutableArray<KeyValuePair<string, string>> _environment = [];

        public ImmutableArray<CronJob>.Builder Jobs { get; } = ImmutableArray.CreateBuilder<CronJob>();

        public ImmutableArray<CrontabFault>.Builder Faults { get; } = ImmutableArray.CreateBuilder<CrontabFault>();

        public void Line(int number, string line)
        {
            var rest = line.TrimStart(' ', '\t');
            if (rest.Length == 0 || rest[0] == '#') return;
            if (EnvironmentLine.TryParse(rest, out var variable))
            {
                _environment = _environment.Add(variable);
                return;
            }
            var words = new LineWords(line);
            if (Schedule(number, words) is not { } schedule) return;
            var user = form == CrontabForm.System ? words.Next() : "";
            var start = words.RestStart();
            if (start == line.Length)
            {
                var missing = form == CrontabForm.System && user.Length == 0 ? "user and command" : "command";
                Faults.Add(new CrontabFault(number, $"the line has no {missing}", Remedy()));
                return;
            }
            var input = PercentSign(line, start);
            Jobs.Add(new CronJob
            {
                Line = number,
                Schedule = schedule,
                User = user,
                Head = line[..start],
                Command = line[start..input],
                Input = line[input..],
                Environment = _environment,
            });
        }

        private CronSchedule? Schedule(int number, LineWords words)
        {
            // Cronie: a dash before the times keeps the run out of the system's log.
            var first = words.Next().TrimStart('-');
            if (first.StartsWith('@'))
            {
                var named = CronSchedule.OfWord(first);
                if (named is null)
                    Faults.Add(new CrontabFault(number, $"{first} is no time that cron knows", "write @reboot, @hourly, @daily, @weekly, @monthly, @yearly or five fields"));
                return named;
            }
            string[] fields = [first, .. Enumerable.Range(1, FieldCount - 1).Select(_ => words.Next())];
            var schedule = CronSchedule.OfFields(fields, out var bad);
            if (schedule is null) Faults.Add(new CrontabFault(number, $"its {bad} cannot be read", Remedy()));
            return schedule;
        }

        private string Remedy() => form == CrontabForm.System
            ? "write minute, hour, day of month, month, day of week, user and command"
            : "write minute, hour, day of month, month, day of week and command";
    }

    /// <summary>Where the command ends: a backslash takes the next character out of account.</summary>
    private static int PercentSign(string line, int start)
    {
        for (var i = start; i < line.Length; i++)
        {
            if (line[i] == '\\') i++;
            else if (line[i] == '%') return i;
        }
        return line.Length;
    }

    private sealed class LineWords(string line)
    {
        private int _at;

        /// <summary>Empty at the end.</summary>
        public string Next()
        {
            var start = RestStart();
            while (_at < line.Length && line[_at] is not (' ' or '\t')) _at++;
            return line[start.._at];
        }

        public int RestStart()
        {
            while (_at < line.Length && line[_at] is ' ' or '\t') _at++;
            return _at;
        }
    }
}
