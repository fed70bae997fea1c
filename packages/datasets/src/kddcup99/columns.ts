// The columns of KDDCUP99 in the order of its files, and what its 10 % edition holds in the categorical ones: with these
// categories 34 numbers and 87 one-hot features, whatever part of the rows is read.

/** A column of the file: a number, or one of these categories. */
export interface KddColumn {
  readonly name: string;
  readonly categories?: readonly string[];
}

const services =
  'IRC X11 Z39_50 auth bgp courier csnet_ns ctf daytime discard domain domain_u echo eco_i ecr_i efs ' +
  'exec finger ftp ftp_data gopher hostnames http http_443 imap4 iso_tsap klogin kshell ldap link login ' +
  'mtp name netbios_dgm netbios_ns netbios_ssn netstat nnsp nntp ntp_u other pm_dump pop_2 pop_3 ' +
  'printer private red_i remote_job rje shell smtp sql_net ssh sunrpc supdup systat telnet tftp_u tim_i ' +
  'time urh_i urp_i uucp uucp_path vmnet whois';

export const kddColumns: readonly KddColumn[] = [
  { name: 'duration' },
  { name: 'protocol_type', categories: ['icmp', 'tcp', 'udp'] },
  { name: 'service', categories: services.split(' ') },
  {
    name: 'flag',
    categories: ['OTH', 'REJ', 'RSTO', 'RSTOS0', 'RSTR', 'S0', 'S1', 'S2', 'S3', 'SF', 'SH'],
  },
  { name: 'src_bytes' },
  { name: 'dst_bytes' },
  { name: 'land', categories: ['0', '1'] },
  { name: 'wrong_fragment' },
  { name: 'urgent' },
  { name: 'hot' },
  { name: 'num_failed_logins' },
  { name: 'logged_in', categories: ['0', '1'] },
  { name: 'num_compromised' },
  { name: 'root_shell' },
  { name: 'su_attempted' },
  { name: 'num_root' },
  { name: 'num_file_creations' },
  { name: 'num_shells' },
  { name: 'num_access_files' },
  { name: 'num_outbound_cmds' },
  { name: 'is_host_login', categories: ['0'] },
  { name: 'is_guest_login', categories: ['0', '1'] },
  { name: 'count' },
  { name: 'srv_count' },
  { name: 'serror_rate' },
  { name: 'srv_serror_rate' },
  { name: 'rerror_rate' },
  { name: 'srv_rerror_rate' },
  { name: 'same_srv_rate' },
  { name: 'diff_srv_rate' },
  { name: 'srv_diff_host_rate' },
  { name: 'dst_host_count' },
  { name: 'dst_host_srv_count' },
  { name: 'dst_host_same_srv_rate' },
  { name: 'dst_host_diff_srv_rate' },
  { name: 'dst_host_same_src_port_rate' },
  { name: 'dst_host_srv_diff_host_rate' },
  { name: 'dst_host_serror_rate' },
  { name: 'dst_host_srv_serror_rate' },
  { name: 'dst_host_rerror_rate' },
  { name: 'dst_host_srv_rerror_rate' },
];

/** Classes of rows, in the order of `kddcup.names`: kinds of attack, and `normal`. */
export const kddClasses: readonly string[] = (
  'back buffer_overflow ftp_write guess_passwd imap ipsweep land loadmodule multihop neptune nmap ' +
  'normal perl phf pod portsweep rootkit satan smurf spy teardrop warezclient warezmaster'
).split(' ');
