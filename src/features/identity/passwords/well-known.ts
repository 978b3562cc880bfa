/**
 * What attackers try first, in lower case, written from memory of the lists that are public. Endings
 * of digits and signs, and letters swapped for signs, are taken off before the comparison.
 */
const WORDS = `
password passwort passw0rd motdepasse contrasena wachtwoord parola mypassword password123
passwordpassword yourpassword newpassword oldpassword thepassword nopassword userpassword
adminpassword rootpassword temppassword defaultpassword secretpassword admin administrator
adminadmin adminadminadmin root rootroot rootrootroot toor superuser supervisor sysadmin
webadmin masteradmin letmein letmeinnow letmeinplease letmein123 welcome welcome1 welcome123
welcomehome welcometo changeme changeme123 changemenow changeit changethis pleasechange
pleasechangeme default defaultdefault secret secretsecret topsecret supersecret verysecret
keepsecret test testtest testtest123 testing testing123 testuser tester guest guestguest demo
demodemo example sample temp temporary qwerty qwertyui qwertyuiop qwertyuiopasdf qwerty123
qwerty1234 qwerty12345 qwerty123456 qwertz qwertzui qwertzuiop azerty azertyui azertyuiop asdf
asdfasdf asdfgh asdfghjk asdfghjkl asdfghjkl123 asdfjkl zxcvbn zxcvbnm zxcvbnm123 qazwsx
qazwsxedc qazwsxedcrfv 1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y
q1w2e3r4 q1w2e3r4t5 zaq12wsx zaq1zaq1 zaq1xsw2 12345678 123456789 1234567890 12345678910
123456789012 1234567890123 123123123 123123123123 123321123 123454321 1234554321 12341234
123412341234 11111111 111111111111 00000000 000000000000 22222222 55555555 66666666 77777777
88888888 99999999 87654321 987654321 9876543210 098765432 0987654321 0123456789 01234567
10203040 1020304050 112233445566 11223344 111222333 121212121212 12121212 13131313 69696969
147258369 159753159 741852963 789456123 963852741 abcdefgh abcdefghi abcdefghij abcdefghijkl
abcd1234 abc12345 abc123456 abc123abc abcabcabc a1b2c3d4 a1b2c3d4e5 a1s2d3f4 aa123456 aaaaaaaa
iloveyou iloveyou1 iloveyou2 iloveyouforever iloveyoubaby ihateyou lovelove lovelylove loveyou
princess princess1 sunshine sunshine1 sunshines football football1 baseball baseball1 basketball
basketball1 softball hockey soccer soccer123 superman superman1 batman batman123 spiderman
starwars starwars1 startrek pokemon pokemon123 pikachu dragon dragon123 dragonball monkey
monkey123 monkeys shadow shadow123 master master123 mastermaster michael michael1 michelle
jennifer jessica jordan jordan23 charlie charlie1 thomas andrew ashley nicole daniel
daniel123 matthew joshua robert hunter hunter123 trustno trustnoone freedom freedom1 whatever
whatever1 internet internet1 computer computer1 samsung samsung1 google google123 facebook
microsoft windows linux ubuntu debian docker docker123 dockerdocker kubernetes container
containers registry registryregistry harbor harbor12345 jenkins gitlab github nexus nexus123
artifactory postgres postgresql mysql oracle server serveradmin correcthorsebatterystaple
correcthorsebattery woaini woaini1314 woaini520 5201314 woaiwojia nihao123 zhongguo beijing
xiaoming admin888 admin123 admin1234 admin12345 admin123456 root123456 p@ssw0rd123 cheese
chocolate cookie cookies banana butterfly flower flowers summer summer2024 summer2025 summer2026
winter winter2024 winter2025 winter2026 spring autumn january february september october
november december monday friday maverick mercedes mustang corvette ferrari porsche yamaha
harley killer killer123 ninja ninja123 pepper ginger buster tigger bailey purple orange silver
golden diamond diamonds rainbow unicorn angel angels angel123 heaven jesus jesus123 jesuschrist
blessed godisgood access access14 accessgranted open opensesame sesame login loginlogin user
useruser username username1 newuser company companyname entrepot entrepotentrepot
`;

export const wellKnown: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
